import NIOCore

/// Closes a connection whose reader has taken none of the writes that wait for it for a while.
final class ConnectionWatch: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = NIOAny
  typealias OutboundOut = NIOAny

  private let patience: TimeAmount
  private var pendingWrites = 0
  private var lastProgress = NIODeadline.now()
  private var check: RepeatedTask?

  init(patience: TimeAmount) { self.patience = patience }

  func handlerAdded(context: ChannelHandlerContext) {
    let bound = NIOLoopBound((watch: self, context: context), eventLoop: context.eventLoop)
    check = context.eventLoop.scheduleRepeatedTask(initialDelay: patience, delay: patience) { _ in
      let (watch, context) = bound.value
      if watch.pendingWrites > 0, .now() - watch.lastProgress >= watch.patience {
        context.close(promise: nil)
      }
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) { check?.cancel() }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if pendingWrites == 0 { lastProgress = .now() }
    pendingWrites += 1
    let written = promise ?? context.eventLoop.makePromise()
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    written.futureResult.whenComplete { _ in
      bound.value.pendingWrites -= 1
      bound.value.lastProgress = .now()
    }
    context.write(data, promise: written)
  }
}
