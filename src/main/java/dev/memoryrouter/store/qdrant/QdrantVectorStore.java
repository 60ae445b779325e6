package dev.memoryrouter.store.qdrant;

import dev.memoryrouter.store.IndexIdentity;
import dev.memoryrouter.store.QdrantSettings;
import dev.memoryrouter.store.SectionRecord;
import dev.memoryrouter.store.VectorStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Banks in a Qdrant server. One process writes, any number read. A server that is not there makes
/// calls fail within the time that is set; they succeed again by themselves once it is back.
public final class QdrantVectorStore implements VectorStore {
  private final QdrantConnection connection;
  private final QdrantSettings settings;
  private final IndexIdentity identity;
  private final String owner;
  private final boolean readOnly;
  private final SharedCollection collection;
  private boolean tidy; // guarded by this
  private final Map<String, QdrantBank> banks = new ConcurrentHashMap<>();

  private QdrantVectorStore(
      QdrantConnection connection,
      QdrantSettings settings,
      IndexIdentity identity,
      String owner,
      boolean readOnly) {
    this.connection = connection;
    this.settings = settings;
    this.identity = identity;
    this.owner = owner;
    this.readOnly = readOnly;
    this.collection = new SharedCollection(connection, settings, identity);
  }

  /// A store that writes; nobody else may write for this owner. The server need not be there yet.
  ///
  /// @param owner whose banks are meant; see [InstallationId]
  /// @throws IOException if the certificate cannot be read
  public static QdrantVectorStore open(
      QdrantSettings settings, IndexIdentity identity, String owner) throws IOException {
    return new QdrantVectorStore(QdrantConnection.open(settings), settings, identity, owner, false);
  }

  /// A store that changes nothing and sees what another process commits.
  ///
  /// @param owner whose banks are meant; see [InstallationId]
  /// @throws IOException if the certificate cannot be read
  public static QdrantVectorStore readOnly(
      QdrantSettings settings, IndexIdentity identity, String owner) throws IOException {
    return new QdrantVectorStore(QdrantConnection.open(settings), settings, identity, owner, true);
  }

  @Override
  public Map<String, SectionState> sections(String bank) throws IOException {
    return bank(bank).states();
  }

  @Override
  public synchronized void apply(String bank, Change change) throws IOException {
    if (readOnly) {
      throw new IOException("the index is open for reading only");
    }
    for (Embedded chunk : change.added()) {
      float[] vector = chunk.vector();
      if (vector != null) {
        checkDimension(vector);
      }
    }
    if (collection.isOurs()) {
      tidyUp();
      bank(bank).apply(PointAccess.patient(connection, collection.alias()), change);
    } else {
      String fresh = collection.create();
      bank(bank).apply(PointAccess.patient(connection, fresh), change);
      collection.publish(fresh);
      bank(bank).published();
    }
  }

  /// Once, as only a kill leaves anything.
  private void tidyUp() throws IOException {
    if (!tidy) {
      collection.removeOrphans();
      tidy = true;
    }
  }

  @Override
  public List<Scored> nearest(String bank, float[] vector, int limit) throws IOException {
    checkDimension(vector);
    checkLimit(limit);
    return Objects.requireNonNull(bank(bank).candidates(vector, null, limit).near());
  }

  @Override
  public Matches matching(String bank, String query, int limit) throws IOException {
    return candidates(bank, null, query, limit).matches();
  }

  @Override
  public Candidates candidates(String bank, float @Nullable [] vector, String query, int limit)
      throws IOException {
    checkLimit(limit);
    if (vector != null) {
      checkDimension(vector);
    }
    return bank(bank).candidates(vector, query, limit);
  }

  @Override
  public Map<String, SectionRecord> sections(String bank, Set<String> ids) throws IOException {
    return bank(bank).sections(ids);
  }

  @Override
  public Optional<Size> size(String bank) throws IOException {
    return bank(bank).size();
  }

  @Override
  public Optional<String> problem(String bank) {
    return connection.problem();
  }

  private QdrantBank bank(String name) {
    return banks.computeIfAbsent(
        name, _ -> new QdrantBank(connection, settings, owner + "/" + name, collection.metadata()));
  }

  private void checkDimension(float[] vector) {
    if (vector.length != identity.dimension()) {
      throw new IllegalArgumentException(
          "a vector of length "
              + vector.length
              + " where "
              + identity.dimension()
              + " is expected");
    }
  }

  private static void checkLimit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1, but is " + limit);
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
