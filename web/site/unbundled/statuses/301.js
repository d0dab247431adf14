export default {
  code: 301,
  name: 'Moved Permanently',
  says: 'It lives elsewhere now. Use the new address from here on.',
  defined: 'RFC 9110, 15.4.2',
  icon: 'icons/301.svg',
};
