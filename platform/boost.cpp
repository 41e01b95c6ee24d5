// Asio and Beast, compiled once for everybody (see duel_boost in cmake/packages.cmake).
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
