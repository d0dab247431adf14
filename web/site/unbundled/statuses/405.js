export default {
  code: 405,
  name: 'Method Not Allowed',
  says: 'Not with this method: Allow lists those that are.',
  defined: 'RFC 9110, 15.5.6',
  icon: 'icons/405.svg',
};
