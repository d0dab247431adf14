export default {
  code: 404,
  name: 'Not Found',
  says: 'Nothing is at this address, or nothing that may be shown.',
  defined: 'RFC 9110, 15.5.5',
  icon: 'icons/404.svg',
};
