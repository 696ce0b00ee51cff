// Questions of one thread to another one's agent.

#include "net/desk.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <thread>

namespace net::desk_test {

TEST(Desk, AQuestionIsAnsweredInTheOtherThread) {
  Desk desk;
  std::thread::id asked_in;
  std::optional<int> answer;
  std::thread visitor([&] {
    answer = desk.ask([&] {
      asked_in = std::this_thread::get_id();
      return 7;
    });
  });
  pollfd bell{desk.descriptor(), POLLIN, 0};
  ASSERT_EQ(::poll(&bell, 1, 10'000), 1);
  desk.answer();
  visitor.join();
  EXPECT_EQ(answer, 7);
  EXPECT_EQ(asked_in, std::this_thread::get_id());
  EXPECT_EQ(::poll(&bell, 1, 0), 0);
}

TEST(Desk, AQuestionNobodyAnswers_IsTakenBack) {
  Desk desk;
  int asked = 0;
  EXPECT_EQ(desk.ask([&] { return ++asked; }), std::nullopt);
  desk.answer();
  EXPECT_EQ(asked, 0);
}

}  // namespace net::desk_test
