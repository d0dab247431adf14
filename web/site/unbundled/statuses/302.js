export default {
  code: 302,
  name: 'Found',
  says: 'For now it is at another address; keep using this one.',
  defined: 'RFC 9110, 15.4.3',
  icon: 'icons/302.svg',
};
