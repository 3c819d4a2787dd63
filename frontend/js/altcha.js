// The proof of work against robots. Loaded only by pages whose form asks for it. The external build brings no inline
// style and no inline worker, so it runs under default-src 'self'.
import "altcha/external";
