export default {
  code: 200,
  name: 'OK',
  says: 'Here it is.',
  defined: 'RFC 9110, 15.3.1',
  icon: 'icons/200.svg',
};
