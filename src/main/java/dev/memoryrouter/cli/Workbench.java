package dev.memoryrouter.cli;

import dev.memoryrouter.chat.ChatPipeline;
import dev.memoryrouter.chat.Configuration;
import dev.memoryrouter.chat.Setup;
import dev.memoryrouter.chat.Setups;
import dev.memoryrouter.embedding.EmbedderHandle;
import dev.memoryrouter.files.Environment;
import dev.memoryrouter.retrieval.Indexer;
import dev.memoryrouter.retrieval.Retriever;
import dev.memoryrouter.store.VectorStore;
import java.nio.file.Path;

/// What commands work with. Each part is made when it is first asked for, so that a command pays
/// only for what it uses.
public interface Workbench {
  /// Folder of the project: relative paths start here.
  Path root();

  Environment environment();

  /// Folder of the configuration files.
  Path configDir();

  /// The checked configuration.
  ///
  /// @throws dev.memoryrouter.files.ConfigException with every problem of every file
  Configuration configuration();

  /// Writes the index; the caller holds the lock.
  Indexer indexer();

  /// Searches the index as it is on disk; needs no lock.
  Retriever retriever();

  /// The index as it is on disk, for reading only.
  VectorStore index();

  /// What is built from the configuration: upstreams, banks, intents.
  Setups setups();

  /// What is built from the configuration in a folder, intents ready to be told.
  ///
  /// @throws dev.memoryrouter.files.ConfigException with every problem of every file
  Setup setup(Path folder);

  /// Plans requests; calls no model.
  ChatPipeline pipeline();

  EmbedderHandle embedder();
}
