export default {
  code: 100,
  name: 'Continue',
  says: 'The head is fine so far: send the content.',
  defined: 'RFC 9110, 15.2.1',
  icon: 'icons/100.svg',
};
