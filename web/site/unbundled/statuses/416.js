export default {
  code: 416,
  name: 'Range Not Satisfiable',
  says: 'None of the ranges lies inside the content.',
  defined: 'RFC 9110, 15.5.17',
  icon: 'icons/416.svg',
};
