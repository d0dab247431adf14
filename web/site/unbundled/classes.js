// The first digit of a status code is its class (RFC 9110 section 15).
export default [
  {digit: 1, name: 'Informational', says: 'more will follow'},
  {digit: 2, name: 'Successful', says: 'done'},
  {digit: 3, name: 'Redirection', says: 'look elsewhere'},
  {digit: 4, name: 'Client error', says: 'your mistake'},
  {digit: 5, name: 'Server error', says: 'our mistake'},
];
