package dev.memoryrouter.api;

import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/// Serves `//v1/…` as `/v1/…`: clients join a base URL that ends in a slash with a path that begins
/// with one. Must happen before routing, because `//v1` reads as a host there.
@Singleton
final class SlashCollapser implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {
  @Override
  public NettyServerCustomizer.Registry onCreated(
      BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
    event.getBean().register(new Customizer(null));
    return event.getBean();
  }

  private record Customizer(@Nullable Channel channel) implements NettyServerCustomizer {
    private static final String AFTER = "http-server-codec";

    @Override
    public NettyServerCustomizer specializeForChannel(Channel newChannel, ChannelRole role) {
      return role == ChannelRole.CONNECTION ? new Customizer(newChannel) : this;
    }

    @Override
    public void onStreamPipelineBuilt() {
      if (channel != null && channel.pipeline().get(AFTER) != null) {
        channel.pipeline().addAfter(AFTER, "slash-collapser", Collapsing.INSTANCE);
      }
    }
  }

  @Sharable
  private static final class Collapsing extends ChannelInboundHandlerAdapter {
    static final Collapsing INSTANCE = new Collapsing();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
      if (message instanceof HttpRequest request && request.uri().startsWith("//")) {
        request.setUri("/" + request.uri().replaceFirst("^/+", ""));
      }
      super.channelRead(context, message);
    }
  }
}
