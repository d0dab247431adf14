export default {
  code: 417,
  name: 'Expectation Failed',
  says: 'What Expect asks for cannot be met.',
  defined: 'RFC 9110, 15.5.18',
  icon: 'icons/417.svg',
};
