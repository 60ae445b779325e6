package dev.memoryrouter.store;

class InMemoryVectorStoreTest extends VectorStoreContract {
  @Override
  protected VectorStore open() {
    return new InMemoryVectorStore();
  }
}
