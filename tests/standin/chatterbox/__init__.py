"""What has the interface of Resemble's package and none of its weight: it hums, each voice at a pitch of its own."""
