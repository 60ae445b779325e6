package dev.memoryrouter.store.qdrant;

import static io.qdrant.client.ValueFactory.value;

import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.QdrantSettings;
import io.qdrant.client.grpc.Collections.AliasDescription;
import io.qdrant.client.grpc.Collections.AliasOperations;
import io.qdrant.client.grpc.Collections.BinaryQuantization;
import io.qdrant.client.grpc.Collections.ChangeAliases;
import io.qdrant.client.grpc.Collections.CollectionConfig;
import io.qdrant.client.grpc.Collections.CollectionDescription;
import io.qdrant.client.grpc.Collections.CreateAlias;
import io.qdrant.client.grpc.Collections.CreateCollection;
import io.qdrant.client.grpc.Collections.DeleteAlias;
import io.qdrant.client.grpc.Collections.DeleteCollection;
import io.qdrant.client.grpc.Collections.Distance;
import io.qdrant.client.grpc.Collections.GetCollectionInfoRequest;
import io.qdrant.client.grpc.Collections.HnswConfigDiff;
import io.qdrant.client.grpc.Collections.IntegerIndexParams;
import io.qdrant.client.grpc.Collections.KeywordIndexParams;
import io.qdrant.client.grpc.Collections.ListAliasesRequest;
import io.qdrant.client.grpc.Collections.ListCollectionsRequest;
import io.qdrant.client.grpc.Collections.PayloadIndexParams;
import io.qdrant.client.grpc.Collections.QuantizationConfig;
import io.qdrant.client.grpc.Collections.QuantizationType;
import io.qdrant.client.grpc.Collections.ScalarQuantization;
import io.qdrant.client.grpc.Collections.SparseVectorConfig;
import io.qdrant.client.grpc.Collections.SparseVectorParams;
import io.qdrant.client.grpc.Collections.VectorParams;
import io.qdrant.client.grpc.Collections.VectorParamsMap;
import io.qdrant.client.grpc.Collections.VectorsConfig;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.CreateFieldIndexCollection;
import io.qdrant.client.grpc.Points.FieldType;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The collection of all banks. It has a version in its name and is read through an alias: when its
/// model, dimension or chunker is not ours, a new version is filled beside it, and the alias is
/// switched in one step once there is something to be found in it.
final class SharedCollection {
  private static final Logger LOG = LoggerFactory.getLogger(SharedCollection.class);

  /// Counts changes of the points; a collection of another format is made anew.
  private static final String FORMAT = "2";

  private final QdrantConnection connection;
  private final QdrantSettings settings;
  private final IndexIdentity identity;

  SharedCollection(QdrantConnection connection, QdrantSettings settings, IndexIdentity identity) {
    this.connection = connection;
    this.settings = settings;
    this.identity = identity;
  }

  /// The name to read from.
  String alias() {
    return settings.collection();
  }

  /// What a collection was made for.
  Map<String, Value> metadata() {
    return Map.of(
        "format", value(FORMAT),
        "model", value(identity.model()),
        "dimension", value(identity.dimension()),
        "chunker", value(identity.chunker()));
  }

  /// Whether the alias leads to a collection that was made for our model and chunker.
  boolean isOurs() throws IOException {
    try {
      CollectionConfig config =
          connection
              .collections(stub ->
                  stub.get(
                      GetCollectionInfoRequest.newBuilder().setCollectionName(alias()).build()))
              .getResult()
              .getConfig();
      VectorParams meaning =
          config.getParams().getVectorsConfig().getParamsMap().getMapMap().get(Keys.MEANING);
      return config.getMetadataMap().equals(metadata())
          && meaning != null
          && meaning.getSize() == identity.dimension();
    } catch (QdrantFailure e) {
      if (e.isNotFound()) {
        return false;
      }
      throw e;
    }
  }

  /// Makes an empty next version; nobody reads it yet.
  ///
  /// @return its name
  String create() throws IOException {
    String name = alias() + "-" + (target().map(this::version).orElse(0) + 1);
    removeOrphans();
    connection.collections(stub -> stub.create(definition(name)));
    index(name, Keys.BANK, tenant());
    for (String key : new String[] {Keys.KIND, Keys.SECTION}) {
      index(name, key, keyword(KeywordIndexParams.getDefaultInstance()));
    }
    for (String key : new String[] {Keys.ADDED, Keys.REMOVED}) {
      index(name, key, number());
    }
    return name;
  }

  /// Removes versions to which nothing leads: a kill before or after a switch leaves them.
  void removeOrphans() throws IOException {
    String valid = target().orElse("");
    for (CollectionDescription found :
        connection
            .collections(stub -> stub.list(ListCollectionsRequest.getDefaultInstance()))
            .getCollectionsList()) {
      String name = found.getName();
      if (isVersion(name) && !name.equals(valid)) {
        LOG.info("Qdrant: removing {}, which is not used", name);
        delete(name);
      }
    }
  }

  private boolean isVersion(String name) {
    return name.startsWith(alias() + "-")
        && name.substring(alias().length() + 1).matches("[0-9]{1,9}");
  }

  /// Leads the alias to a version and removes the one that it led to.
  void publish(String name) throws IOException {
    Optional<String> old = target();
    ChangeAliases.Builder change = ChangeAliases.newBuilder();
    if (old.isPresent()) {
      change.addActions(
          AliasOperations.newBuilder()
              .setDeleteAlias(DeleteAlias.newBuilder().setAliasName(alias())));
    }
    change.addActions(
        AliasOperations.newBuilder()
            .setCreateAlias(
                CreateAlias.newBuilder().setAliasName(alias()).setCollectionName(name)));
    connection.collections(stub -> stub.updateAliases(change.build()));
    LOG.info("Qdrant: {} is now {}", alias(), name);
    removeOrphans();
  }

  private Optional<String> target() throws IOException {
    return connection
        .collections(stub -> stub.listAliases(ListAliasesRequest.getDefaultInstance()))
        .getAliasesList()
        .stream()
        .filter(found -> found.getAliasName().equals(alias()))
        .map(AliasDescription::getCollectionName)
        .findFirst();
  }

  private int version(String name) {
    return isVersion(name) ? Integer.parseInt(name.substring(alias().length() + 1)) : 0;
  }

  private void delete(String name) throws IOException {
    connection.collections(
        stub -> stub.delete(DeleteCollection.newBuilder().setCollectionName(name).build()));
  }

  private CreateCollection definition(String name) {
    VectorParams.Builder meaning =
        VectorParams.newBuilder().setSize(identity.dimension()).setDistance(Distance.Cosine);
    quantization().ifPresent(meaning::setQuantizationConfig);
    // No graph over all banks, one for each.
    HnswConfigDiff graph =
        HnswConfigDiff.newBuilder()
            .setM(0)
            .setPayloadM(settings.hnswLinks())
            .setEfConstruct(settings.hnswBuildBreadth())
            .build();
    return CreateCollection.newBuilder()
        .setCollectionName(name)
        .setHnswConfig(graph)
        .setVectorsConfig(
            VectorsConfig.newBuilder()
                .setParamsMap(VectorParamsMap.newBuilder().putMap(Keys.MEANING, meaning.build())))
        .setSparseVectorsConfig(
            SparseVectorConfig.newBuilder()
                .putMap(Keys.WORDS, SparseVectorParams.getDefaultInstance()))
        .putAllMetadata(metadata())
        .build();
  }

  private Optional<QuantizationConfig> quantization() {
    return switch (settings.quantization()) {
      case NONE -> Optional.empty();
      case SCALAR ->
          Optional.of(
              QuantizationConfig.newBuilder()
                  .setScalar(ScalarQuantization.newBuilder().setType(QuantizationType.Int8))
                  .build());
      case BINARY ->
          Optional.of(
              QuantizationConfig.newBuilder()
                  .setBinary(BinaryQuantization.getDefaultInstance())
                  .build());
    };
  }

  private static PayloadIndexParams tenant() {
    return keyword(KeywordIndexParams.newBuilder().setIsTenant(true).build());
  }

  private static PayloadIndexParams keyword(KeywordIndexParams params) {
    return PayloadIndexParams.newBuilder().setKeywordIndexParams(params).build();
  }

  private static PayloadIndexParams number() {
    return PayloadIndexParams.newBuilder()
        .setIntegerIndexParams(IntegerIndexParams.newBuilder().setLookup(false).setRange(true))
        .build();
  }

  private void index(String collection, String field, PayloadIndexParams params)
      throws IOException {
    FieldType type =
        params.hasIntegerIndexParams() ? FieldType.FieldTypeInteger : FieldType.FieldTypeKeyword;
    connection.points(
        QdrantConnection.bulkDeadline(),
        stub ->
            stub.createFieldIndex(
                CreateFieldIndexCollection.newBuilder()
                    .setCollectionName(collection)
                    .setWait(true)
                    .setFieldName(field)
                    .setFieldType(type)
                    .setFieldIndexParams(params)
                    .build()));
  }
}
