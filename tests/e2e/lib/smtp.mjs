// smtp.mjs - a small mail server: it keeps what it is sent, and refuses as it is told.
import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";

const VERBS = { EHLO: hello, HELO: hello, STARTTLS: startTls, AUTH: auth, MAIL: mailFrom,
  RCPT: rcpt, DATA: data, QUIT: quit, RSET: ok, NOOP: ok };

function ok(session, say) {
  say("250 ok");
}

function hello(session, say) {
  const { options, secure } = session;
  const offers = ["mail.test"];
  if (options.starttls && !secure) offers.push("STARTTLS");
  if (options.users) offers.push("AUTH PLAIN");
  say(offers.map((o, i) => `250${i === offers.length - 1 ? " " : "-"}${o}`).join("\r\n"));
}

function startTls(session, say) {
  say("220 go ahead");
  session.upgrade();
}

function auth(session, say, line) {
  const [, , word] = line.split(" ");
  session.proves = !word;
  if (!word) return say("334 ");
  const [, user, password] = Buffer.from(word, "base64").toString().split("\0");
  session.user = session.options.users?.[user] === password ? user : null;
  say(session.user ? "235 welcome" : "535 no");
}

function mailFrom(session, say, line) {
  session.mail = { from: line.slice(10), to: [], user: session.user, secure: session.secure };
  say("250 ok");
}

function rcpt(session, say, line) {
  session.mail.to.push(line.slice(8));
  say("250 ok");
}

function data(session, say) {
  session.body = [];
  say("354 go on");
}

function quit(session, say) {
  if (session.options.slowQuit) return;
  say("221 bye");
  session.socket.end();
}

class Session {
  constructor(server, socket, secure) {
    Object.assign(this, { server, options: server.options, secure, body: null });
    this.listen(socket);
    if (!server.options.mute) this.say(server.answerOf("CONNECT") ?? "220 mail.test");
  }

  listen(socket) {
    this.socket = socket;
    let rest = "";
    socket.setEncoding("latin1");
    socket.on("error", () => {});
    socket.on("data", (text) => {
      rest += text;
      for (let at; (at = rest.indexOf("\r\n")) >= 0; rest = rest.slice(at + 2)) {
        this.line(rest.slice(0, at));
      }
    });
  }

  say(text) {
    this.socket.write(`${text}\r\n`);
  }

  upgrade() {
    const plain = this.socket;
    plain.removeAllListeners("data");
    const { cert, key } = this.options;
    this.secure = true;
    this.listen(new tls.TLSSocket(plain, { isServer: true, cert, key }));
  }

  line(text) {
    if (this.body) return this.bodyLine(text);
    if (this.proves) return auth(this, (t) => this.say(t), `AUTH PLAIN ${text}`);
    const verb = text.split(" ")[0].toUpperCase();
    this.server.verbs.push(verb);
    const answer = this.server.answerOf(verb);
    if (answer) return this.say(answer);
    (VERBS[verb] ?? ((session, say) => say("502 what?")))(this, (t) => this.say(t), text);
  }

  bodyLine(text) {
    if (text !== ".") return void this.body.push(text.replace(/^\./, ""));
    const mail = { ...this.mail, text: this.body.join("\r\n") };
    this.body = null;
    const answer = this.server.answerOf("END");
    if (!answer) this.server.mails.push(mail);
    this.say(answer ?? "250 taken");
  }
}

/** options: { starttls, implicit, cert, key, users, mute, slowQuit, answers }; answers say how the
 * next commands of a kind are answered, one each: { RCPT: ["450 later"], CONNECT:, END: }. */
export class MailServer {
  constructor(options = {}) {
    Object.assign(this, { options, mails: [], verbs: [], sockets: new Set() });
    this.answers = options.answers ?? {};
    this.connections = 0;
  }

  answerOf(verb) {
    return this.answers[verb]?.shift();
  }

  async open(port = 0) {
    const { implicit, cert, key } = this.options;
    const meet = (socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
      new Session(this, socket, Boolean(implicit));
    };
    this.server = implicit ? tls.createServer({ cert, key }, meet) : net.createServer(meet);
    this.server.listen(port, "127.0.0.1");
    await once(this.server, "listening");
    this.port = this.server.address().port;
    this.url = `${implicit ? "smtps" : "smtp"}://127.0.0.1:${this.port}`;
    return this;
  }

  /** Waits until it has so many mails. */
  async has(count, withinMs = 10_000) {
    const deadline = Date.now() + withinMs;
    while (this.mails.length < count) {
      if (Date.now() > deadline) throw new Error(`${this.mails.length} mails, not ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.mails;
  }

  async close() {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, "close");
  }
}
