export default {
  code: 507,
  name: 'Insufficient Storage',
  says: 'There is no room to keep it.',
  defined: 'RFC 4918, 11.5',
  icon: 'icons/507.svg',
};
