export default {
  code: 451,
  name: 'Unavailable For Legal Reasons',
  says: 'A legal demand forbids it.',
  defined: 'RFC 7725, 3',
  icon: 'icons/451.svg',
};
