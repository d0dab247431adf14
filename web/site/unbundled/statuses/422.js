export default {
  code: 422,
  name: 'Unprocessable Content',
  says: 'Well formed, but it makes no sense.',
  defined: 'RFC 9110, 15.5.21',
  icon: 'icons/422.svg',
};
