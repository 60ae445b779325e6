package dev.memoryrouter.api;

import dev.memoryrouter.embedding.Embedder;
import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.embedding.EmbeddingException;
import dev.memoryrouter.embedding.MiniLmEmbedder;
import dev.memoryrouter.tokens.TokenCounter;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import jakarta.inject.Named;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// OpenAI's embeddings with the in-process model.
@Controller
@Produces(MediaType.ALL)
@ExecuteOn(TaskExecutors.BLOCKING)
final class EmbeddingsController {
  private static final String MODEL = "all-minilm-l6-v2";
  private static final int MOST_INPUTS = 2048;
  private static final Duration LOADING = Duration.ofSeconds(30);

  private final EmbedderHandle embedder;
  private final TokenCounter wordPieces;

  EmbeddingsController(EmbedderHandle embedder, @Named("word-pieces") TokenCounter wordPieces) {
    this.embedder = embedder;
    this.wordPieces = wordPieces;
  }

  /// Vectors for one text or several.
  @Post(
      uris = {"/v1/embeddings", "/embeddings"},
      consumes = MediaType.ALL)
  @Endpoint(
      summary = "Vectors of texts by the in-process model.",
      body = "EmbeddingRequest",
      answer = "EmbeddingList")
  HttpResponse<?> embed(HttpRequest<?> request) {
    RequestBody body = RequestBody.parse(Requests.body(request));
    checkModel(body);
    boolean base64 = isBase64(body);
    List<String> texts = inputs(body);
    List<float[]> vectors = embedder().embed(texts);
    ObjectNode reply = Json.object().put("object", "list");
    ArrayNode data = reply.putArray("data");
    for (int i = 0; i < vectors.size(); i++) {
      ObjectNode entry = data.addObject().put("object", "embedding").put("index", i);
      if (base64) {
        entry.put("embedding", littleEndian(vectors.get(i)));
      } else {
        ArrayNode numbers = entry.putArray("embedding");
        for (float number : vectors.get(i)) {
          numbers.add(number);
        }
      }
    }
    int tokens = texts.stream().mapToInt(wordPieces::count).sum();
    reply.put("model", MODEL);
    reply.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    return Replies.json(reply);
  }

  private static void checkModel(RequestBody body) {
    String model = body.requiredString("model");
    if (!model.equals(MODEL)) {
      throw new ApiException(
          ApiError.notFound(
              "model_not_found",
              "model",
              "The embedding model \"%s\" does not exist; there is \"%s\"."
                  .formatted(model, MODEL)));
    }
  }

  private boolean isBase64(RequestBody body) {
    Integer dimensions = body.positive("dimensions");
    int own = MiniLmEmbedder.DIMENSION;
    if (dimensions != null && dimensions != own) {
      throw new ApiException(
          ApiError.badRequest(
              "dimensions", "\"dimensions\" must be %d for %s.".formatted(own, MODEL)));
    }
    String format = body.string("encoding_format");
    if (format == null || format.equals("float")) {
      return false;
    }
    if (!format.equals("base64")) {
      throw new ApiException(
          ApiError.badRequest(
              "encoding_format",
              "\"encoding_format\" must be float or base64, not \"%s\".".formatted(format)));
    }
    return true;
  }

  private static List<String> inputs(RequestBody body) {
    List<String> texts = body.strings("input");
    if (texts.isEmpty() || texts.stream().anyMatch(String::isEmpty)) {
      throw new ApiException(
          ApiError.badRequest(
              "input", "\"input\" must be a text, or a list of texts, none of them empty."));
    }
    if (texts.size() > MOST_INPUTS) {
      throw new ApiException(
          ApiError.badRequest(
              "input",
              "\"input\" may hold at most %d texts, not %d.".formatted(MOST_INPUTS, texts.size())));
    }
    return texts;
  }

  private Embedder embedder() {
    try {
      return embedder.await(LOADING);
    } catch (EmbeddingException e) {
      throw new ApiException(
          new ApiError(
              503,
              "server_error",
              "embedding_unavailable",
              null,
              "The embedding model is not available: " + e.getMessage(),
              30));
    }
  }

  private static String littleEndian(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float number : vector) {
      bytes.putFloat(number);
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
