export default {
  code: 415,
  name: 'Unsupported Media Type',
  says: 'Not in this format or coding.',
  defined: 'RFC 9110, 15.5.16',
  icon: 'icons/415.svg',
};
