package dev.memoryrouter.api;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/// Leaves chunks out of answers to HTTP/1.0 clients, which do not know them: for these a body of
/// unknown length ends with its connection.
@Sharable
final class Unchunker extends ChannelOutboundHandlerAdapter {
  static final Unchunker INSTANCE = new Unchunker();

  private Unchunker() {}

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    if (message instanceof HttpResponse response
        && response.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
      HttpUtil.setTransferEncodingChunked(response, false);
    }
    super.write(context, message, promise);
  }
}
