package dev.memoryrouter.api;

import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/// Adds to each connection what the server does below HTTP routing.
@Singleton
final class ConnectionHandlers implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {
  @Override
  public NettyServerCustomizer.Registry onCreated(
      BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
    event.getBean().register(new Customizer(null));
    return event.getBean();
  }

  private record Customizer(@Nullable Channel channel) implements NettyServerCustomizer {
    private static final String CODEC = "http-server-codec";

    @Override
    public NettyServerCustomizer specializeForChannel(Channel newChannel, ChannelRole role) {
      return role == ChannelRole.CONNECTION ? new Customizer(newChannel) : this;
    }

    @Override
    public void onStreamPipelineBuilt() {
      if (channel != null && channel.pipeline().get(CODEC) != null) {
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addFirst("read-ahead", new ReadAhead());
        pipeline.addAfter(CODEC, "slash-collapser", SlashCollapser.INSTANCE);
        pipeline.addAfter(CODEC, "unchunker", Unchunker.INSTANCE);
      }
    }
  }
}
