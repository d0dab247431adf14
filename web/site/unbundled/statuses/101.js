export default {
  code: 101,
  name: 'Switching Protocols',
  says: 'From here on this connection speaks the protocol that was asked for. Not in HTTP/2.',
  defined: 'RFC 9110, 15.2.2',
  icon: 'icons/101.svg',
};
