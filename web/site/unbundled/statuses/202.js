export default {
  code: 202,
  name: 'Accepted',
  says: 'Taken in, but not done yet; perhaps it never will be.',
  defined: 'RFC 9110, 15.3.3',
  icon: 'icons/202.svg',
};
