export default {
  code: 203,
  name: 'Non-Authoritative Information',
  says: 'A proxy on the way has changed the answer.',
  defined: 'RFC 9110, 15.3.4',
  icon: 'icons/203.svg',
};
