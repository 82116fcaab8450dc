#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The user's browser.
enum Browser {
  #if os(macOS)
    private static let opener = "open"
  #else
    private static let opener = "xdg-open"
  #endif

  /// Opens an address in the browser; does nothing without a display or an opener.
  static func open(_ address: String) {
    #if !os(macOS)
      guard getenv("DISPLAY") != nil || getenv("WAYLAND_DISPLAY") != nil else { return }
    #endif
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    let words = [opener, address].map { (word: String) in strdup(word) }
    defer { for word in words { free(word) } }
    var process = pid_t()
    if posix_spawnp(&process, opener, &actions, nil, words + [nil], environ) == 0 {
      // The opener is not waited for: some end only with the browser.
      signal(SIGCHLD, SIG_IGN)
    }
  }
}
