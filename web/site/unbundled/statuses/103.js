export default {
  code: 103,
  name: 'Early Hints',
  says: 'The answer takes a while. These links will be needed: fetch them already.',
  defined: 'RFC 8297, 2',
  icon: 'icons/103.svg',
};
