package dev.memoryrouter.api;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;

/// Goes on reading a connection while nobody asks for input. The server does not read while a
/// second request waits behind one that is being answered, and who does not read is not told that
/// the client left. What comes early is kept for later, up to [#MOST_HELD]. Used by the
/// connection's event loop.
final class ReadAhead extends ChannelDuplexHandler {
  private static final int MOST_HELD = 256 << 10;

  private final Queue<Object> held = new ArrayDeque<>();
  private int heldBytes;
  // The first read was asked for before this handler was added.
  private boolean wanted = true;

  @Override
  public void read(ChannelHandlerContext context) {
    if (held.isEmpty()) {
      wanted = true;
      context.read();
    } else {
      // Not from within the call: the decoder that asks may be in the middle of a message.
      context.executor().execute(() -> handOver(context));
    }
  }

  private void handOver(ChannelHandlerContext context) {
    heldBytes = 0;
    for (Object message = held.poll(); message != null; message = held.poll()) {
      context.fireChannelRead(message);
    }
    context.fireChannelReadComplete();
    goOn(context);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (wanted) {
      context.fireChannelRead(message);
    } else {
      held.add(message);
      heldBytes += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (wanted) {
      wanted = false;
      context.fireChannelReadComplete();
    }
    goOn(context);
  }

  private void goOn(ChannelHandlerContext context) {
    if (heldBytes < MOST_HELD) {
      context.read();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    held.forEach(ReferenceCountUtil::release);
    held.clear();
  }
}
