export default {
  code: 421,
  name: 'Misdirected Request',
  says: 'Wrong connection: this server does not answer for that name.',
  defined: 'RFC 9110, 15.5.20',
  icon: 'icons/421.svg',
};
