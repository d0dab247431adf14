export default {
  code: 408,
  name: 'Request Timeout',
  says: 'The request did not arrive in the time the server waits.',
  defined: 'RFC 9110, 15.5.9',
  icon: 'icons/408.svg',
};
