export default {
  code: 412,
  name: 'Precondition Failed',
  says: 'An If- field of the request does not hold.',
  defined: 'RFC 9110, 15.5.13',
  icon: 'icons/412.svg',
};
