export default {
  code: 300,
  name: 'Multiple Choices',
  says: 'There are several representations: choose one.',
  defined: 'RFC 9110, 15.4.1',
  icon: 'icons/300.svg',
};
