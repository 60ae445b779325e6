package dev.memoryrouter.store.qdrant;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.qdrant.client.grpc.Collections.AliasDescription;
import io.qdrant.client.grpc.Collections.AliasOperations;
import io.qdrant.client.grpc.Collections.ChangeAliases;
import io.qdrant.client.grpc.Collections.CollectionConfig;
import io.qdrant.client.grpc.Collections.CollectionDescription;
import io.qdrant.client.grpc.Collections.CollectionInfo;
import io.qdrant.client.grpc.Collections.CollectionOperationResponse;
import io.qdrant.client.grpc.Collections.CollectionParams;
import io.qdrant.client.grpc.Collections.CreateCollection;
import io.qdrant.client.grpc.Collections.DeleteCollection;
import io.qdrant.client.grpc.Collections.GetCollectionInfoRequest;
import io.qdrant.client.grpc.Collections.GetCollectionInfoResponse;
import io.qdrant.client.grpc.Collections.ListAliasesRequest;
import io.qdrant.client.grpc.Collections.ListAliasesResponse;
import io.qdrant.client.grpc.Collections.ListCollectionsRequest;
import io.qdrant.client.grpc.Collections.ListCollectionsResponse;
import io.qdrant.client.grpc.CollectionsGrpc.CollectionsImplBase;

/// The collections and aliases of the stand-in.
final class FakeCollections extends CollectionsImplBase {
  private static final CollectionOperationResponse DONE =
      CollectionOperationResponse.newBuilder().setResult(true).build();

  private final FakeQdrant server;

  FakeCollections(FakeQdrant server) {
    this.server = server;
  }

  @Override
  public void create(CreateCollection request, StreamObserver<CollectionOperationResponse> answer) {
    server.write(
        "create",
        answer,
        () -> {
          String name = request.getCollectionName();
          if (server.aliases.containsKey(name)) {
            throw FakeCollection.failure(
                Status.INVALID_ARGUMENT, "Wrong input: Alias with the same name already exists");
          }
          if (server.collections.putIfAbsent(name, new FakeCollection(request)) != null) {
            throw FakeCollection.failure(
                Status.ALREADY_EXISTS, "Wrong input: Collection `" + name + "` already exists!");
          }
          return DONE;
        });
  }

  @Override
  public void delete(DeleteCollection request, StreamObserver<CollectionOperationResponse> answer) {
    server.write(
        "deleteCollection",
        answer,
        () -> {
          server.collections.remove(request.getCollectionName());
          server.aliases.values().remove(request.getCollectionName());
          return DONE;
        });
  }

  @Override
  public void get(
      GetCollectionInfoRequest request, StreamObserver<GetCollectionInfoResponse> answer) {
    server.read(
        "info",
        answer,
        () -> {
          CreateCollection definition = server.collection(request.getCollectionName()).definition();
          CollectionParams params =
              CollectionParams.newBuilder()
                  .setVectorsConfig(definition.getVectorsConfig())
                  .setSparseVectorsConfig(definition.getSparseVectorsConfig())
                  .build();
          CollectionConfig config =
              CollectionConfig.newBuilder()
                  .setParams(params)
                  .setHnswConfig(definition.getHnswConfig())
                  .putAllMetadata(definition.getMetadataMap())
                  .build();
          return GetCollectionInfoResponse.newBuilder()
              .setResult(CollectionInfo.newBuilder().setConfig(config))
              .build();
        });
  }

  @Override
  public void list(ListCollectionsRequest request, StreamObserver<ListCollectionsResponse> answer) {
    server.read(
        "collections",
        answer,
        () -> {
          ListCollectionsResponse.Builder list = ListCollectionsResponse.newBuilder();
          server
              .collections
              .keySet()
              .forEach(
                  name -> list.addCollections(CollectionDescription.newBuilder().setName(name)));
          return list.build();
        });
  }

  @Override
  public void listAliases(ListAliasesRequest request, StreamObserver<ListAliasesResponse> answer) {
    server.read(
        "aliases",
        answer,
        () -> {
          ListAliasesResponse.Builder list = ListAliasesResponse.newBuilder();
          server.aliases.forEach((alias, collection) ->
              list.addAliases(
                  AliasDescription.newBuilder().setAliasName(alias).setCollectionName(collection)));
          return list.build();
        });
  }

  @Override
  public void updateAliases(
      ChangeAliases request, StreamObserver<CollectionOperationResponse> answer) {
    server.write(
        "updateAliases",
        answer,
        () -> {
          request.getActionsList().forEach(this::change);
          return DONE;
        });
  }

  private void change(AliasOperations action) {
    if (action.hasDeleteAlias()) {
      server.aliases.remove(action.getDeleteAlias().getAliasName());
      return;
    }
    String alias = action.getCreateAlias().getAliasName();
    if (server.collections.containsKey(alias)) {
      throw FakeCollection.failure(
          Status.INVALID_ARGUMENT,
          "Wrong input: Collection with the same name already exists: " + alias);
    }
    server.aliases.put(alias, action.getCreateAlias().getCollectionName());
  }
}
