export default {
  code: 410,
  name: 'Gone',
  says: 'It was here and will not come back.',
  defined: 'RFC 9110, 15.5.11',
  icon: 'icons/410.svg',
};
