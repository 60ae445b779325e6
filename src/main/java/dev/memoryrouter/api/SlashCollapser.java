package dev.memoryrouter.api;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;

/// Serves `//v1/…` as `/v1/…`: clients join a base URL that ends in a slash with a path that begins
/// with one. Must happen before routing, because `//v1` reads as a host there.
@Sharable
final class SlashCollapser extends ChannelInboundHandlerAdapter {
  static final SlashCollapser INSTANCE = new SlashCollapser();

  private SlashCollapser() {}

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (message instanceof HttpRequest request && request.uri().startsWith("//")) {
      request.setUri("/" + request.uri().replaceFirst("^/+", ""));
    }
    super.channelRead(context, message);
  }
}
