export default {
  code: 402,
  name: 'Payment Required',
  says: 'Reserved for a future that has not come.',
  defined: 'RFC 9110, 15.5.3',
  icon: 'icons/402.svg',
};
