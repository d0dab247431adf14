export default {
  code: 413,
  name: 'Content Too Large',
  says: 'More content than the server takes.',
  defined: 'RFC 9110, 15.5.14',
  icon: 'icons/413.svg',
};
