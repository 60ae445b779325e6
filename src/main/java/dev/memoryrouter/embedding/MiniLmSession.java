package dev.memoryrouter.embedding;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// The network itself: ids of one window in, one unit vector out. Thread-safe; each call uses the
/// calling thread only.
///
/// One window a call on purpose: the int8 network scales its numbers by the whole input, so that a
/// text would get another vector beside other texts.
final class MiniLmSession implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Set<String> inputs;

  private MiniLmSession(OrtEnvironment environment, OrtSession session) {
    this.environment = environment;
    this.session = session;
    this.inputs = session.getInputNames();
  }

  static MiniLmSession open(InputStream network) throws IOException, OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      return new MiniLmSession(
          environment, environment.createSession(network.readAllBytes(), options));
    }
  }

  /// @param ids [CLS], the pieces, [SEP]
  float[] vector(long[] ids) throws OrtException {
    long[] ones = new long[ids.length];
    Arrays.fill(ones, 1);
    Map<String, OnnxTensor> feed = new HashMap<>();
    try {
      put(feed, "input_ids", ids);
      put(feed, "attention_mask", ones);
      put(feed, "token_type_ids", new long[ids.length]);
      try (OrtSession.Result result = session.run(feed)) {
        float[][][] states = (float[][][]) result.get(0).getValue();
        return Vectors.unit(mean(states[0]));
      }
    } finally {
      feed.values().forEach(OnnxTensor::close);
    }
  }

  private void put(Map<String, OnnxTensor> feed, String name, long[] values) throws OrtException {
    if (inputs.contains(name)) {
      long[] shape = {1, values.length};
      feed.put(name, OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape));
    }
  }

  private static float[] mean(float[][] states) {
    float[] mean = new float[states[0].length];
    for (float[] state : states) {
      Vectors.add(mean, state, 1f / states.length);
    }
    return mean;
  }

  @Override
  public void close() throws OrtException {
    session.close();
  }
}
