export default {
  code: 414,
  name: 'URI Too Long',
  says: 'A longer address than the server reads.',
  defined: 'RFC 9110, 15.5.15',
  icon: 'icons/414.svg',
};
