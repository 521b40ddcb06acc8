// The WebSocket: connects, says again what was chosen, tries again when it breaks.
import { parseMessage, type ClientMessage, type ServerMessage, type StateCode } from './protocol';

export type LinkStatus = 'connecting' | 'open' | 'lost';

export interface LinkEvents {
  message(message: ServerMessage): void;
  status(status: LinkStatus): void;
}

const longestWait = 8000; // ms between two tries

export class Link {
  private socket: WebSocket | undefined;
  private wait = 500;
  private chosen: StateCode | undefined;

  constructor(
    private readonly address: string,
    private readonly events: LinkEvents,
  ) {
    this.connect();
  }

  /** False: not connected, the message is lost (a command is never repeated on its own). */
  send(message: ClientMessage): boolean {
    if ('as' in message) this.chosen = message.as;
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  private connect(): void {
    this.events.status('connecting');
    const socket = new WebSocket(this.address);
    this.socket = socket;
    socket.onopen = () => {
      this.wait = 500;
      this.events.status('open');
      if (this.chosen) this.send({ as: this.chosen });
    };
    socket.onmessage = (event) => {
      try {
        this.events.message(parseMessage(String(event.data)));
      } catch (error) {
        this.events.message({ v: 1, type: 'error', reason: error instanceof Error ? error.message : String(error) });
      }
    };
    socket.onclose = () => {
      this.events.status('lost');
      setTimeout(() => this.connect(), this.wait);
      this.wait = Math.min(this.wait * 2, longestWait);
    };
  }
}
