export default {
  code: 411,
  name: 'Length Required',
  says: 'Say how long the content is before sending it.',
  defined: 'RFC 9110, 15.5.12',
  icon: 'icons/411.svg',
};
