import NNKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@main
enum EntryPoint {
  /// Reads the arguments, runs the command and ends the process with its status.
  static func main() {
    openStandardStreams()
    Interruption.reportFileSizeLimit()
    BLAS.restartWhereMemoryIsLimited()
    exit(NNTrain.status(of: Array(ProgramArguments.words.dropFirst())))
  }

  /// Opens those of the descriptors 0 to 2 that are closed on the null device: otherwise the first
  /// file to be opened would get their number, and what is printed would go into it.
  private static func openStandardStreams() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is taken. Where there is no /dev, any folder keeps it.
      if open("/dev/null", O_RDWR) < 0 { _ = open("/", O_RDONLY) }
    }
  }
}
