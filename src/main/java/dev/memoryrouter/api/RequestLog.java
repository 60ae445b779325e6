package dev.memoryrouter.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What was decided and done for the last requests, by request id. Thread-safe.
public final class RequestLog {
  private static final int MOST_REQUESTS = 200;

  private final LinkedHashMap<String, ObjectNode> records =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ObjectNode> eldest) {
          return size() > MOST_REQUESTS;
        }
      };

  synchronized void put(String id, ObjectNode record) {
    records.put(id, record);
  }

  synchronized Optional<ObjectNode> get(String id) {
    return Optional.ofNullable(records.get(id)).map(ObjectNode::deepCopy);
  }

  /// Newest first.
  synchronized List<ObjectNode> all() {
    return records.sequencedValues().reversed().stream().map(ObjectNode::deepCopy).toList();
  }
}
