"""What other rooms name of members."""

from lianyi.foundation.members.models import Membership

Role = Membership.Role
