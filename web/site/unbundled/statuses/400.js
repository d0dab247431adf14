export default {
  code: 400,
  name: 'Bad Request',
  says: 'The request cannot be understood.',
  defined: 'RFC 9110, 15.5.1',
  icon: 'icons/400.svg',
};
