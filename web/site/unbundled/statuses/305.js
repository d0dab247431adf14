export default {
  code: 305,
  name: 'Use Proxy',
  says: 'Deprecated: it let a server send clients to any proxy.',
  defined: 'RFC 9110, 15.4.6',
  icon: 'icons/305.svg',
};
