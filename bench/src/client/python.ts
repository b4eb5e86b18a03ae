import { findProgram } from '../../../interop/src/require-program.ts';
import type { Client, Task } from './client.ts';

const connecting = `
import os, socket, ssl, sys
output, port, security, ca, user, password, count, durable = sys.argv[1:9]
port, count, durable = int(port), int(count), durable == 'true'
`;

const poplibScript = `${connecting}
import poplib
# Its limit of 2 KB a line is no protection here.
poplib._MAXLINE = 1 << 20
if security == 'tls':
    box = poplib.POP3_SSL('localhost', port, context=ssl.create_default_context(cafile=ca))
else:
    box = poplib.POP3('127.0.0.1', port)
box.user(user)
box.pass_(password)
for number in range(1, count + 1):
    lines = box.retr(number)[1]
    with open(os.path.join(output, str(number)), 'wb') as file:
        file.write(b'\\r\\n'.join(lines) + b'\\r\\n')
        if durable:
            file.flush()
            os.fsync(file.fileno())
box.quit()
`;

// All commands at once: they have to fit into the server's receive buffer, and for a few thousand they do.
const rawScript = `${connecting}
connection = socket.create_connection(('127.0.0.1', port))
connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
if security == 'tls':
    connection = ssl.create_default_context(cafile=ca).wrap_socket(connection, server_hostname='localhost')
def ask(command):
    if command is not None:
        connection.sendall(command)
    answer = b''
    while not answer.endswith(b'\\r\\n'):
        answer += connection.recv(65536)
    if not answer.startswith(b'+OK'):
        sys.exit(repr(answer))
ask(None)
ask(b'USER ' + user.encode() + b'\\r\\n')
ask(b'PASS ' + password.encode() + b'\\r\\n')
connection.sendall(b''.join(b'RETR %d\\r\\n' % number for number in range(1, count + 1)))
end = b'\\r\\n.\\r\\n'
ended, tail = 0, b''
with open(os.path.join(output, 'raw'), 'wb') as file:
    while ended < count:
        octets = connection.recv(1 << 20)
        if not octets:
            sys.exit('the server closed the connection')
        file.write(octets)
        ended += (tail + octets).count(end)
        tail = (tail + octets)[-4:]
ask(b'QUIT\\r\\n')
`;

const installed = (): boolean => findProgram('python3') !== undefined;

function run(script: string, task: Task): readonly string[] {
  const { output, port, security, ca, user, password, messages, durable } = task;
  const words = [output, port, security, ca, user, password, messages, durable].map(String);
  return ['python3', '-c', script, ...words];
}

/** A script around Python's poplib, as anybody would write it. */
export const poplib: Client = {
  name: 'poplib',
  format: 'files',
  durable: true,
  installed,
  command: (task) => run(poplibScript, task),
};

/** A bare socket that asks for everything at once and writes down what comes: what the line itself allows. */
export const raw: Client = {
  name: 'raw socket',
  format: 'answers',
  durable: false,
  yardstick: true,
  installed,
  command: (task) => run(rawScript, task),
};
